#!/bin/sh
exec node /app/create-schema.js
