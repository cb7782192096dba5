// Takes the next order, again and again, under the front end's name in the cluster.
async function take() {
  try {
    const response = await fetch(`${process.env.FRONTEND_URL}/next`)
    const { orders, replica } = await response.json()
    console.log(`took order ${orders} of ${replica}`)
  } catch (error) {
    console.log(`no order: ${error.message}`)
  }
}

setInterval(take, 200)
process.on('SIGTERM', () => process.exit(0))
