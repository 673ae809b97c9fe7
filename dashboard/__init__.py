"""The read side of Byleave: reports, journeys, the API and the pages an owner looks at."""
