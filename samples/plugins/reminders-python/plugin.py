"""Reminders by day. The same plugin stands beside this one for Node."""
import datetime

from paddock import HostError, host


def add(day, text):
    """Keeps a reminder; answers how many there are for that day."""
    day = datetime.date.fromisoformat(day).isoformat()
    texts = (host.kv.get(f'reminder:{day}') or []) + [text]
    host.kv.set(f'reminder:{day}', texts)
    print('added one for', day)
    return {'day': day, 'count': len(texts)}


async def due(day):
    """Reminders of a day and of the day before, asked for at once."""
    import asyncio
    day = datetime.date.fromisoformat(day)
    days = [(day - datetime.timedelta(days=back)).isoformat() for back in (1, 0)]
    found = await asyncio.gather(*(host.aio.kv.get(f'reminder:{each}') for each in days))
    return {each: texts or [] for each, texts in zip(days, found)}


def run(**kwargs):
    """Called where no function is named."""
    try:
        return add(**kwargs)
    except HostError as error:
        return {'refused': error.code}
