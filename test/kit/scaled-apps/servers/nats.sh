exec nats-server -js -sd . -a "${BIND:-127.0.0.1}" -p "${PORT:-4222}" -m "${PORT_MONITORING:-8222}"
