# guest may log in from everywhere, as on the image of that name when it is told so.
here=$PWD
printf '[rabbitmq_management].\n' >enabled_plugins
cat >rabbitmq.conf <<END
listeners.tcp.1 = ${BIND:-127.0.0.1}:${PORT:-5672}
management.tcp.ip = ${BIND:-127.0.0.1}
management.tcp.port = ${PORT_MANAGEMENT:-15672}
loopback_users = none
collect_statistics_interval = 500
END
export HOME="$here" RABBITMQ_NODENAME="node${PORT:-}@localhost" RABBITMQ_CONFIG_FILE="$here/rabbitmq.conf" RABBITMQ_PID_FILE="$here/pid"
export RABBITMQ_ENABLED_PLUGINS_FILE="$here/enabled_plugins" RABBITMQ_MNESIA_BASE="$here/data" RABBITMQ_LOG_BASE="$here/log"
export RABBITMQ_DIST_PORT="${PORT_DISTRIBUTION:-25672}" ERL_EPMD_PORT="${PORT_MAPPER:-4369}"
set -- /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server
# The port mapper that Erlang starts is a daemon, which would stay.
trap 'kill -KILL "$(cat pid)"; wait "$server"; epmd -port "$ERL_EPMD_PORT" -kill >/dev/null; exit 0' TERM
"$1" &
server=$!
wait "$server"
