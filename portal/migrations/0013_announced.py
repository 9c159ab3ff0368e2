"""Every event knows its newest announcement."""

import django.db.models.deletion
from django.db import migrations, models


def find_newest(apps, schema_editor):
    event_model, announcement_model = apps.get_model("portal", "Event"), apps.get_model("portal", "Announcement")
    for event in event_model.objects.all():
        event.announced = announcement_model.objects.filter(event=event).order_by("-version").first()
        event.save(update_fields=["announced"])


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0012_revocations_outlive'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='announced',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='portal.announcement'),
        ),
        migrations.RunPython(find_newest, migrations.RunPython.noop),
    ]
