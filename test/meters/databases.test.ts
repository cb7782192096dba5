import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { MetersProcess } from '../kit/meters/meters-process.ts'
import type { RunningServer } from '../kit/meters/server-program.ts'
import { startMariadb, startPostgres } from '../kit/meters/servers.ts'

let meters: MetersProcess
beforeAll(() => {
  meters = new MetersProcess()
})
afterAll(async () => await meters?.[Symbol.asyncDispose]())

describe('postgresql', () => {
  let server: RunningServer
  const query = "SELECT count(*) FROM orders WHERE state = 'waiting'"
  const url = (): string => `postgresql://meters:s3cret@127.0.0.1:${server.port}/postgres?sslmode=disable`
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url() })
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  beforeAll(async () => {
    server = await startPostgres()
    await run("CREATE TABLE orders (state text); INSERT INTO orders VALUES ('waiting'), ('waiting'), ('done')")
  })
  afterAll(async () => await server?.[Symbol.asyncDispose]())

  test('reads over an address, a list of words, and single settings', async () => {
    const words = `host=127.0.0.1 port=${server.port} user=meters password='s3cret' dbname=postgres sslmode=disable`
    const single = {
      host: '127.0.0.1',
      port: String(server.port),
      userName: 'meters',
      password: 's3cret',
      dbName: 'postgres',
      sslmode: 'disable',
    }
    const ids = [{ connection: url() }, { connection: words }, single].map((settings) =>
      meters.announce('postgresql', { ...settings, query }),
    )
    expect((await meters.read(...ids)).map(({ value }) => value)).toEqual([2, 2, 2])
  })

  test('keeps its connection, and makes it anew when it was cut', async () => {
    const id = meters.announce('postgresql', { connection: url(), query: 'SELECT pg_backend_pid()' })
    const first = await meters.readOne(id)
    expect(await meters.readOne(id)).toEqual(first)
    await run(`SELECT pg_terminate_backend(${first.value})`)
    const second = await meters.readOne(id)
    expect(second.error).toBeUndefined()
    expect(second).not.toEqual(first)
  })

  test.each([
    ['SELECT 1.5', { value: 1.5 }],
    ["SELECT '12'", { value: 12 }],
    ['SELECT 9007199254740991', { value: 9_007_199_254_740_991 }],
  ])('reads %s', async (sql, expected) => {
    expect(await meters.readOne(meters.announce('postgresql', { connection: url(), query: sql }))).toEqual(expected)
  })

  test.each([
    ['SELECT NULL', /the query returns NULL/],
    ['SELECT 1 WHERE false', /the query found no row/],
    ['SELECT 1, 2', /the query returns 2 columns/],
    ['SELECT broken', /column "broken" does not exist/],
    ['SELECT pg_sleep(9)', /no answer within 0\.4 s\. .*raise "timeout"/],
  ])('says why %s is no value', async (sql, expected) => {
    const id = meters.announce('postgresql', { connection: url(), query: sql, ...(/sleep/.test(sql) ? { timeout: '400' } : {}) })
    expect((await meters.readOne(id)).error).toMatch(expected)
  })

  test('hides the password', async () => {
    const connection = `postgresql://meters:not-this-one@127.0.0.1:${server.port}/postgres`
    const { error } = await meters.readOne(meters.announce('postgresql', { connection, query }))
    expect(error).toMatch(/password authentication failed.*Correct the user, the password/)
    expect(error).not.toContain('not-this-one')
  })
})

describe('mysql', () => {
  let server: RunningServer
  const dsn = (): string => `meters:s3:cr@t@tcp(127.0.0.1:${server.port})/shop`
  beforeAll(async () => {
    server = await startMariadb()
    const connection = await mysql.createConnection({
      host: '127.0.0.1',
      port: server.port,
      user: 'meters',
      password: 's3:cr@t',
      database: 'shop',
    })
    await connection.query('CREATE TABLE orders (state text)')
    await connection.query("INSERT INTO orders VALUES ('waiting'), ('waiting'), ('done')")
    await connection.end()
  })
  afterAll(async () => await server?.[Symbol.asyncDispose]())

  test('reads over a connection string and single settings', async () => {
    const query = "SELECT count(*) FROM orders WHERE state = 'waiting'"
    const single = { host: '127.0.0.1', port: String(server.port), username: 'meters', password: 's3:cr@t', dbName: 'shop' }
    const ids = [{ connectionString: dsn() }, single].map((settings) => meters.announce('mysql', { ...settings, query }))
    expect((await meters.read(...ids)).map(({ value }) => value)).toEqual([2, 2])
  })

  test('keeps its connection, and makes it anew when it was cut', async () => {
    const id = meters.announce('mysql', { connectionString: dsn(), query: 'SELECT connection_id()' })
    const first = await meters.readOne(id)
    expect(await meters.readOne(id)).toEqual(first)
    const killer = meters.announce('mysql', { connectionString: dsn(), query: `KILL ${first.value}` })
    await meters.read(killer)
    const second = await meters.readOne(id)
    expect(second.error).toBeUndefined()
    expect(second).not.toEqual(first)
  })

  test.each([
    ['SELECT 1.5', { value: 1.5 }],
    ["SELECT '12'", { value: 12 }],
    ['SELECT SUM(1) FROM orders', { value: 3 }],
  ])('reads %s', async (sql, expected) => {
    expect(await meters.readOne(meters.announce('mysql', { connectionString: dsn(), query: sql }))).toEqual(expected)
  })

  test('hides the password', async () => {
    const connectionString = `meters:not-this-one@tcp(127.0.0.1:${server.port})/shop`
    const { error } = await meters.readOne(meters.announce('mysql', { connectionString, query: 'SELECT 1' }))
    expect(error).toMatch(/Access denied for user 'meters'.*Correct the user, the password/)
    expect(error).not.toContain('not-this-one')
  })
})
