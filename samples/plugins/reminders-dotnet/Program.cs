// Reminders by day. The same plugin stands beside this one for Python and for Node.
using System.Globalization;
using System.Text.Json.Nodes;
using Paddock.Plugins;

await Plugin.RunAsync(plugin => plugin
    .Handle<Reminder, Added>("add", AddAsync)
    .Handle<Due, JsonObject>("due", DueAsync)
    .Handle<Reminder, JsonNode?>("run", RunAsync));

// Keeps a reminder; answers how many there are for that day.
static async Task<Added> AddAsync(Reminder? reminder, PluginHost host, CancellationToken cancellationToken)
{
    ArgumentNullException.ThrowIfNull(reminder);
    var texts = await TextsAsync(host, reminder.Day, cancellationToken);
    texts.Add(reminder.Text);
    await host.CallAsync("kv.set", new JsonObject { ["key"] = Key(reminder.Day), ["value"] = texts }, cancellationToken);
    Console.WriteLine($"added one for {reminder.Day:O}");
    return new Added(reminder.Day, texts.Count);
}

// Reminders of a day and of the day before, asked for at once.
static async Task<JsonObject> DueAsync(Due? due, PluginHost host, CancellationToken cancellationToken)
{
    ArgumentNullException.ThrowIfNull(due);
    var found = await Task.WhenAll(new[] { due.Day.AddDays(-1), due.Day }.Select(async day => (day, texts: await TextsAsync(host, day, cancellationToken))));
    return new JsonObject(found.Select(each => KeyValuePair.Create(Text(each.day), (JsonNode?)each.texts)));
}

// Called where no function is named.
static async Task<JsonNode?> RunAsync(Reminder? reminder, PluginHost host, CancellationToken cancellationToken)
{
    try
    {
        return (await AddAsync(reminder, host, cancellationToken)).Count;
    }
    catch (HostException e)
    {
        return new JsonObject { ["refused"] = e.Code };
    }
}

static async Task<JsonArray> TextsAsync(PluginHost host, DateOnly day, CancellationToken cancellationToken) =>
    await host.CallAsync("kv.get", new JsonObject { ["key"] = Key(day) }, cancellationToken) as JsonArray ?? [];

static string Key(DateOnly day) => $"reminder:{Text(day)}";

static string Text(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

internal sealed record Reminder(DateOnly Day, string Text);

internal sealed record Due(DateOnly Day);

internal sealed record Added(DateOnly Day, int Count);
