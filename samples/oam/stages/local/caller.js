// Calls the web component of its own stage.
async function call() {
  try {
    const response = await fetch(process.env.WEB_URL, { headers: { 'x-caller': 'yes' } })
    console.log(`called ${(await response.json()).stage}`)
  } catch (error) {
    console.log(`no answer: ${error.message}`)
  }
}

setInterval(call, Number(process.env.PAUSE_MS))
process.on('SIGTERM', () => process.exit(0))
