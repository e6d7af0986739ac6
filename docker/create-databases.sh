#!/bin/bash
# PostgreSQL runs this once, on an empty volume: a database and a role for each service, and nobody else in it.
set -euo pipefail
for service in customers cases orders notifications gateway; do
  password=$(<"/run/secrets/${service}_database_password")
  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
    -v service="$service" -v password="$password" <<'SQL'
create role :"service" login password :'password';
create database :"service" owner :"service";
revoke connect on database :"service" from public;
SQL
done
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -c "revoke connect on database postgres, template1 from public"
