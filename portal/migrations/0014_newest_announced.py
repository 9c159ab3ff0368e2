"""What was announced before is known too. Apart from the column: PostgreSQL does not change a table with rows at work."""

from django.db import migrations


def find_newest(apps, schema_editor):
    event_model, announcement_model = apps.get_model("portal", "Event"), apps.get_model("portal", "Announcement")
    for event in event_model.objects.all():
        event.announced = announcement_model.objects.filter(event=event).order_by("-version").first()
        event.save(update_fields=["announced"])


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0013_announced'),
    ]

    operations = [
        migrations.RunPython(find_newest, migrations.RunPython.noop, elidable=True),
    ]
