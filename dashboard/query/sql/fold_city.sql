-- A row of fewer than k subjects reads "elsewhere in <country>" in place of its city.
{small},
folded AS (
{renamed}
)
