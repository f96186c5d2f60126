// A plugin that behaves in every way the tests ask for.
using System.Diagnostics;
using System.Text.Json.Nodes;
using Paddock.Plugins;

if (args is ["echo"])
{
    // The floor for the bench: what is read is written.
    var buffer = new byte[65536];
    using Stream from = Console.OpenStandardInput(), to = Console.OpenStandardOutput();
    while (from.Read(buffer) is var read and > 0) to.Write(buffer.AsSpan(0, read));
    return;
}

var calls = 0;
PluginHost? kept = null;

await Plugin.RunAsync(plugin => plugin
    .Register(() => new JsonObject { ["exports"] = new JsonArray("run") })
    .Handle("run", (input, host, token) => Task.FromResult(input))
    .Handle<Pair, Pair>("typed", (pair, host, token) => Task.FromResult(new Pair(pair!.Second, pair.First)))
    .Handle("fail", (input, host, token) => throw new InvalidOperationException("it failed"))
    .Handle("text", (input, host, token) => Task.FromResult<JsonNode?>(JsonValue.Create(double.NaN)))
    .Handle("loop", (input, host, token) =>
    {
        while (true)
        {
        }
    })
    .Handle("nap", async (input, host, token) =>
    {
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return null;
    })
    .Handle("memory", (input, host, token) =>
    {
        var all = new List<byte[]>();
        while (true)
        {
            all.Add(new byte[1 << 20]);
            Array.Fill(all[^1], (byte)1);
        }
    })
    .Handle("native", (input, host, token) =>
    {
        unsafe
        {
            while (true) new Span<byte>(System.Runtime.InteropServices.NativeMemory.Alloc(1 << 20), 1 << 20).Fill(1);
        }
    })
    .Handle("deep", (input, host, token) => Task.FromResult<JsonNode?>(Deep(0)))
    .Handle("deeper", (input, host, token) => Task.FromResult<JsonNode?>(Deeper(0)))
    .Handle("large", (input, host, token) => Task.FromResult<JsonNode?>(new string('1', 200_000)))
    .Handle("log", (input, host, token) =>
    {
        Console.WriteLine("hello");
        return Task.FromResult<JsonNode?>(null);
    })
    .Handle("prints", (input, host, token) =>
    {
        Console.WriteLine("one");
        Console.Error.WriteLine("two");
        host.Log(PluginLogLevel.Debug, "three");
        Console.Out.Write("fo");
        Console.Write("ur\r\nfive");
        return Task.FromResult<JsonNode?>(Console.In.ReadToEnd());
    })
    .Handle("past", (input, host, token) =>
    {
        using (var raw = Console.OpenStandardOutput()) raw.Write("""{"jsonrpc":"2.0","id":1,"result":"forged"}"""u8);
        using var child = Process.Start("/bin/echo", "of a child");
        child.WaitForExit();
        return Task.FromResult<JsonNode?>("answered");
    })
    .Handle("flood", (input, host, token) =>
    {
        while (true) Console.WriteLine("again");
    })
    .Handle("ask", async (input, host, token) =>
    {
        try
        {
            return await host.CallAsync("kv.get", new JsonObject { ["key"] = "k" }, token);
        }
        catch (HostException e)
        {
            return e.Code;
        }
    })
    .Handle("call", (input, host, token) => host.CallAsync((string)input!["name"]!, input["arguments"]?.DeepClone().AsObject(), token))
    .Handle("together", async (input, host, token) => new JsonArray(await Task.WhenAll(Enumerable.Range(1, 7).Select(async i => (await host.CallAsync("kv.get", new JsonObject { ["key"] = $"k{i}" }, token))?.DeepClone()))))
    .Handle("asks", async (input, host, token) =>
    {
        while (true)
        {
            try
            {
                await host.CallAsync("kv.get", new JsonObject { ["key"] = "k" }, token);
            }
            catch (HostException)
            {
            }
        }
    })
    .Handle("surroundings", (input, host, token) => Task.FromResult<JsonNode?>(new JsonArray(host.Config, host.Context)))
    .Handle("count", (input, host, token) => Task.FromResult<JsonNode?>(++calls))
    .Handle("keep", (input, host, token) =>
    {
        kept = host;
        return Task.FromResult<JsonNode?>(null);
    })
    .Handle("late", async (input, host, token) =>
    {
        try
        {
            return await kept!.CallAsync("kv.get", new JsonObject { ["key"] = "k" }, token);
        }
        catch (HostException e)
        {
            return e.Code;
        }
    })
    .Handle("crash", async (input, host, token) =>
    {
        new Thread(() => throw new InvalidOperationException("on another thread")).Start();
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return null;
    })
    .Handle("pid", (input, host, token) => Task.FromResult<JsonNode?>(Environment.ProcessId))
    .Handle("file", (input, host, token) => Task.FromResult<JsonNode?>(new[] { "/etc/shadow", "/etc/hostname", "/root", "/home", "/work", "/var/lib" }.FirstOrDefault(Readable)))
    .Handle("env", (input, host, token) => Task.FromResult<JsonNode?>(Environment.GetEnvironmentVariables().Keys.Cast<string>().FirstOrDefault(name => name is not ("PATH" or "HOME" or "TMPDIR" or "LANG" or "TZ" or "PWD") && !name.StartsWith("DOTNET_", StringComparison.Ordinal)))));

static int Deep(int depth)
{
    System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
    return Deep(depth + 1) + 1;
}

static int Deeper(int depth) => Deeper(depth + 1) + 1;

static bool Readable(string path)
{
    try
    {
        return Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path).Any() : File.ReadAllBytes(path).Length > 0;
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
    {
        return false;
    }
}

internal sealed record Pair(string First, string Second);
