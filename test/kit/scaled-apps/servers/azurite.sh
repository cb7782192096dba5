# The queues of Azurite; AZURITE is its program.
exec "${NODE:-node}" "${AZURITE:-/azurite.mjs}" --queueHost "${BIND:-127.0.0.1}" --queuePort "${PORT:-10001}" --location . --silent --disableTelemetry
