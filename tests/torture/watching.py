"""Watching: a guard inside PostgreSQL that notes every step of a delivery that nobody may take."""

from sqlalchemy import Connection, text

__all__ = ["irregularities", "owners", "watch"]

_GUARD = """
CREATE TABLE irregular (delivery integer, said text);
CREATE TABLE owners (owner text PRIMARY KEY);
CREATE FUNCTION look() RETURNS trigger AS $$
BEGIN
    IF OLD.owner <> '' AND NEW.owner <> '' AND NEW.owner <> OLD.owner THEN
        INSERT INTO irregular VALUES (OLD.id, 'taken from its owner');
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('planned', 'claimed'), ('planned', 'expired'), ('planned', 'cancelled'), ('planned', 'uncertain'),
        ('claimed', 'handing'), ('claimed', 'planned'), ('claimed', 'expired'), ('claimed', 'cancelled'),
        ('claimed', 'uncertain'), ('claimed', 'failed'), ('claimed', 'parked'),
        ('handing', 'sent'), ('handing', 'planned'), ('handing', 'failed'), ('handing', 'uncertain')
    ) THEN
        INSERT INTO irregular VALUES (OLD.id, OLD.state || ' to ' || NEW.state);
    END IF;
    IF NEW.state = 'handing' AND OLD.state <> 'handing' THEN
        INSERT INTO owners VALUES (NEW.owner) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER look BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION look();
"""


def watch(connection: Connection) -> None:
    """Begin to watch the ledger."""
    connection.execute(text(_GUARD))


def irregularities(connection: Connection) -> list[str]:
    """What was seen that may not be: a row with two owners, or a step that is none of the state machine's."""
    return [f"delivery {row.delivery}: {row.said}" for row in connection.execute(text("SELECT * FROM irregular"))]


def owners(connection: Connection) -> int:
    """How many processes have handed mails over."""
    return int(connection.execute(text("SELECT count(*) FROM owners")).scalar_one())
