// Ships new orders: asks the catalog for them by its name on the network, one round every second.
const catalog = process.env.CATALOG_URL ?? 'http://catalog:8080'
const headers = { 'x-api-key': process.env.API_KEY ?? '' }

let stopping = false
process.on('SIGTERM', () => {
  stopping = true
})

async function round() {
  const orders = await fetch(`${catalog}/orders`, { headers }).then((response) => response.json())
  for (const order of orders.filter((candidate) => candidate.state === 'new')) {
    await fetch(`${catalog}/orders/${order.id}/shipped`, { method: 'POST', headers })
    console.log(`shipped order ${order.id} (${order.product})`)
  }
}

console.log(`worker ships orders from ${catalog}`)
while (!stopping) {
  await round().catch((error) => console.error(`no orders this time: ${error.message}`))
  await new Promise((resolve) => setTimeout(resolve, 1000))
}
process.exit(0)
