# User meters, whose password is in PASSWORD; database postgres with a table of orders. It refuses to run as root.
set -e
set -- /usr/lib/postgresql/*/bin
bin=$1
as=
if [ "$(id -u)" = 0 ]; then
  chown postgres .
  # By its path: a shell of busybox would take its own.
  for setpriv in /usr/local/bin/setpriv /usr/bin/setpriv; do if [ -x "$setpriv" ]; then break; fi; done
  as="$setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
printf %s "$PASSWORD" >secret
chmod 644 secret
[ -d data ] || $as "$bin/initdb" -D data -U meters -A scram-sha-256 --pwfile=secret --no-sync --no-locale >/dev/null
printf 'host all all all scram-sha-256\n' >>data/pg_hba.conf
printf 'CREATE TABLE IF NOT EXISTS orders (state text);\n' | $as "$bin/postgres" --single -D data postgres >/dev/null
exec $as "$bin/postgres" -D data -p "${PORT:-5432}" -k "$PWD" -c "listen_addresses=${BIND:-127.0.0.1}" -c fsync=off
