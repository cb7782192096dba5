#!/bin/sh
exec node /app/import.js
