-- Rows of a stretch of time that no yes covers: how many, and the first. A yes covers a row of its subject, of its notice and
-- site, from when it was given until it runs out; one that recognises visitors a visitor by its own number, one that allows
-- adverts their network. The rows it covers are found first, by equality alone thereafter: a join that keeps what does not
-- match is simple where it compares one number.
WITH
wanted AS (
    SELECT e.rowid AS id, e.*
    FROM event AS e
    WHERE e.site <> $made_up AND ($site = '' OR e.site = $site) AND e.occurred_at >= $from AND e.occurred_at < $to
),
covered AS (
    SELECT wanted.id
    FROM wanted
    JOIN terms USING (site, notice)
    JOIN lasting ON lasting.subject = wanted.subject AND lasting.terms = terms.id
    WHERE wanted.occurred_at >= lasting.since
      AND wanted.occurred_at < lasting.until
      AND (wanted.visitor IS NULL OR (lasting.recognises AND wanted.visitor = lasting.visitor))
      AND (wanted.ad IS NULL OR lasting.adverts)
)
SELECT
    count(*),
    min({
        'occurred_at': occurred_at, 'site': site, 'visit': visit, 'nth': nth, 'kind': kind, 'subject': subject,
        'notice': notice, 'visitor': visitor, 'ad': ad
    })
FROM wanted
ANTI JOIN covered USING (id)
