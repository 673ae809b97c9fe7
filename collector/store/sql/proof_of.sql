-- What the log says of one subject, for a row that it does not cover.
SELECT terms.site, terms.notice, since, until, lasting.recognises, lasting.adverts, visitor
FROM lasting JOIN terms ON terms.id = lasting.terms
WHERE subject = $subject::UUID
ORDER BY since
