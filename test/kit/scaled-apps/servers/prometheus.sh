# It watches itself.
cat >prometheus.yml <<END
global: { scrape_interval: 1s }
scrape_configs: [{ job_name: itself, static_configs: [{ targets: ['127.0.0.1:${PORT:-9090}'] }] }]
END
exec prometheus --config.file=prometheus.yml --storage.tsdb.path=data "--web.listen-address=${BIND:-127.0.0.1}:${PORT:-9090}"
