import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Browser, chromium, type Page } from 'playwright-core'
import { scratchDirectory } from '../kit/scratch.ts'
import { simulateShop } from '../kit/simulated-shop.ts'

const executablePath = process.env.MINIPAAS_CHROMIUM ?? '/usr/bin/chromium'

/** `MINIPAAS_SHOTS=folder` keeps pictures of what the tests looked at. */
const shots = process.env.MINIPAAS_SHOTS

describe.each(['light', 'dark'] as const)('the page of a simulation (%s)', (colorScheme) => {
  const scratch = scratchDirectory()
  const asked: string[] = []
  const errors: string[] = []
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const { code } = await simulateShop(scratch.path, ['--for', '30m', '--what-if', 'web:cooldownPeriod=60', '--out', 'report.html'])
    expect(code).toBe(0)
    browser = await chromium.launch({ executablePath, headless: true, args: ['--no-sandbox', '--disable-gpu', '--no-proxy-server'] })
    page = await browser.newPage({ colorScheme, viewport: { width: 1180, height: 900 } })
    page.on('request', (request) => asked.push(request.url()))
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => (message.type() === 'error' ? errors.push(message.text()) : 0))
    await page.goto(pathToFileURL(join(scratch.path, 'report.html')).href)
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    scratch[Symbol.dispose]()
  })

  async function keep(name: string): Promise<void> {
    if (shots === undefined) return
    mkdirSync(shots, { recursive: true })
    await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`), fullPage: true })
  }

  /** The marker of the run as it is at a time. */
  const marker = (ms: number) => page.locator(`#size .marker:not(.other)[data-at="${ms}"]`)
  const tip = () => page.locator('#tip')

  test('loads nothing but itself and runs without an error', async () => {
    await keep('whole')
    expect(asked).toEqual([pathToFileURL(join(scratch.path, 'report.html')).href])
    expect(errors).toEqual([])
  })

  test('pointing at the marker before a growth names metric, value, target and size', async () => {
    await marker(75_000).hover()
    await keep('growth')
    const text = (await tip().textContent()) ?? ''
    expect(text).toContain('00:01:15')
    expect(text).toContain('1 → 3 replicas')
    expect(text).toContain('HPA sync')
    expect(text).toMatch(/s0-http-concurrency.*value 30, target 10 → 3 replicas/)
  })

  test('a size that is held back says by what', async () => {
    // The load is over: the wish of before holds for five minutes.
    await marker(675_000).hover()
    await keep('held')
    const text = (await tip().textContent()) ?? ''
    expect(text).toContain('held back by stabilisation')
    expect(text).toMatch(/s0-http-concurrency: value 0, target 10 → 0 replicas/)
    expect(text).toMatch(/3 was wished for 15 s ago, and the largest wish of the last 300 s applies/)
  })

  test('the keyboard goes from marker to marker', async () => {
    await page.mouse.move(5, 5)
    await page.locator('#size .marker[tabindex="0"]').focus()
    await page.keyboard.press('Home')
    expect(await tip().textContent()).toContain('1 → 0 replicas')
    await page.keyboard.press('ArrowRight')
    expect(await tip().textContent()).toContain('0 → 1 replica')
    await keep('keyboard')
    await page.keyboard.press('Escape')
    expect(await tip().isVisible()).toBe(false)
  })

  test('the what-if stands beside the run as it is', async () => {
    const cells = await page.locator('#figures tr').first().locator('th, td').allTextContents()
    expect(cells).toEqual(['', 'as it is', 'what if web:cooldownPeriod=60'])
    const slept = page.locator('#size .marker.other[data-at="750000"]')
    await slept.hover()
    expect(await tip().textContent()).toContain('what if web:cooldownPeriod=60')
    await keep('what-if')
  })

  test('another component can be chosen', async () => {
    await page.locator('#component').selectOption('worker')
    await page.mouse.move(5, 5)
    expect(await page.locator('#wait-legend').textContent()).toContain('queued')
    await keep('worker')
    expect(errors).toEqual([])
  })
})
