JOIN held ON held.visit = v.visit
