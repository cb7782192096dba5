# User meters, whose password is in PASSWORD; database shop with a table of letters.
set -e
own=
if [ "$(id -u)" = 0 ]; then own=--user=root; fi
[ -d data ] || mariadb-install-db --no-defaults "--datadir=$PWD/data" $own --auth-root-authentication-method=normal --skip-test-db >/dev/null
cat >init.sql <<END
CREATE DATABASE IF NOT EXISTS shop;
CREATE TABLE IF NOT EXISTS shop.letters (state text);
CREATE USER IF NOT EXISTS meters@'%' IDENTIFIED BY '$PASSWORD';
GRANT ALL ON shop.* TO meters@'%';
END
exec mariadbd --no-defaults "--datadir=$PWD/data" $own "--port=${PORT:-3306}" "--bind-address=${BIND:-127.0.0.1}" "--socket=$PWD/socket" "--init-file=$PWD/init.sql" --skip-name-resolve "--pid-file=$PWD/pid"
