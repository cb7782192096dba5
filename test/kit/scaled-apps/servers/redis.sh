# Data in the working directory, if any.
exec redis-server --port "${PORT:-6379}" --bind "${BIND:-127.0.0.1}" --dir . --save '' --appendonly no --protected-mode no
