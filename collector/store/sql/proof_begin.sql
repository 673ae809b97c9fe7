-- What the consent log says, to be laid beside the rows, for one reader: it goes with the reader's connection.
CREATE OR REPLACE TEMP TABLE terms (id INTEGER, site VARCHAR, notice VARCHAR, recognises BOOLEAN, adverts BOOLEAN);
CREATE OR REPLACE TEMP TABLE consented (
    seq BIGINT, subject UUID, terms INTEGER, since BIGINT, until BIGINT, recognises BOOLEAN, adverts BOOLEAN, visitor BIGINT
);
CREATE OR REPLACE TEMP TABLE withdrawn (seq BIGINT, subject UUID);
CREATE OR REPLACE TEMP TABLE buried (seq BIGINT, subject UUID)
