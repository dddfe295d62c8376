-- What the README's pictures show beside the seed: three weeks of a portfolio, and the orders that made it. The same each time.
SELECT setseed(0.42);

INSERT INTO "PortfolioSize" ("id", "modelId", "netPortfolio", "createdAt", "updatedAt")
SELECT gen_random_uuid()::text, id, round((10000 + sum(step) OVER (PARTITION BY id ORDER BY at))::numeric, 2), at, at
FROM (
    SELECT "id", at, (random() - 0.47) * 180 AS step
    FROM "Models", generate_series(timestamp '2026-11-01 00:00', timestamp '2026-11-21 18:00', interval '6 hours') AS at
    ORDER BY "name", "variant", at
) AS steps;

INSERT INTO "Orders" ("id", "modelId", "symbol", "side", "quantity", "leverage", "entryPrice", "exitPlan", "status", "exitPrice", "realizedPnl",
    "closeTrigger", "openedAt", "closedAt", "updatedAt")
SELECT gen_random_uuid()::text, id, symbol, side::"OrderSide", quantity, leverage, entry,
    jsonb_build_object('target', round(entry * 1.08, 2), 'stop', round(entry * 0.96, 2), 'confidence', round(chance::numeric, 2),
        'invalidation', jsonb_build_array('4h close below the 50 EMA', 'funding above 0.03 %')),
    (CASE WHEN closed THEN 'CLOSED' ELSE 'OPEN' END)::"OrderStatus",
    CASE WHEN closed THEN round(entry * (0.97 + chance * 0.09)::numeric, 8) END,
    CASE WHEN closed THEN round(quantity * entry * (-0.03 + chance * 0.09)::numeric, 2) END,
    CASE WHEN closed THEN (ARRAY['TAKE_PROFIT', 'STOP_LOSS', 'MODEL'])[1 + (number % 3)] END,
    opened, CASE WHEN closed THEN opened + interval '9 hours 20 minutes' END, opened
FROM (
    SELECT models.id, number, chance,
        (ARRAY['BTC', 'ETH', 'SOL', 'BNB', 'DOGE'])[1 + number % 5] AS symbol,
        CASE WHEN number % 3 = 0 THEN 'SHORT' ELSE 'LONG' END AS side,
        round(((ARRAY[0.12, 2.4, 31, 9, 14000])[1 + number % 5] * (0.5 + chance))::numeric, 8) AS quantity,
        (ARRAY[5, 10, 20])[1 + number % 3]::numeric AS leverage,
        round(((ARRAY[88400, 2910, 134, 862, 0.147])[1 + number % 5] * (0.97 + chance * 0.06))::numeric, 8) AS entry,
        number % 4 <> 0 AS closed,
        timestamp '2026-11-02 08:15' + number * interval '5 hours 40 minutes' AS opened
    FROM (SELECT number, random() AS chance FROM generate_series(0, 83) AS number) AS made
    JOIN (SELECT "id" AS id, row_number() OVER (ORDER BY "name", "variant") AS at FROM "Models") AS models ON models.at = 1 + number % 12
) AS orders;

ANALYZE;
