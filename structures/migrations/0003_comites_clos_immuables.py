"""A guard on closed committees (R26).

It is in PostgreSQL because a closed committee is what the minutes say: no code path, present or future, may
change or delete it or one of its lines.
"""

from django.db import migrations

GARDES = """
CREATE FUNCTION structures_comite_clos_immuable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.etat = 'clos' THEN
        RAISE EXCEPTION 'comite % is closed: it is immutable (R26)', OLD.numero USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION structures_ligne_close_immuable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM structures_comite WHERE id = OLD.comite_id AND etat = 'clos') THEN
        RAISE EXCEPTION 'line % belongs to a closed committee: it is immutable (R26)', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER comite_clos_immuable BEFORE UPDATE OR DELETE ON structures_comite
    FOR EACH ROW EXECUTE FUNCTION structures_comite_clos_immuable();

CREATE TRIGGER ligne_close_immuable BEFORE UPDATE OR DELETE ON structures_lignecomite
    FOR EACH ROW EXECUTE FUNCTION structures_ligne_close_immuable();
"""

SANS_GARDES = """
DROP TRIGGER ligne_close_immuable ON structures_lignecomite;
DROP TRIGGER comite_clos_immuable ON structures_comite;
DROP FUNCTION structures_ligne_close_immuable();
DROP FUNCTION structures_comite_clos_immuable();
"""


class Migration(migrations.Migration):
    dependencies = [("structures", "0002_campagnes_historiques")]
    operations = [migrations.RunSQL(GARDES, SANS_GARDES)]
