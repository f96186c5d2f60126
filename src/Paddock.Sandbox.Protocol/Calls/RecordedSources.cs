using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Protocol.Framing;

namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>The sources of a call that is recorded, or run again: what its guest asks for, and in which order it is handed the replies to its host calls.</summary>
#pragma warning disable CA1001 // The semaphore has no handle to release, and a reply may come after the call.
internal sealed class RecordedSources(ICallSources sources)
#pragma warning restore CA1001
{
    private const int MostRandom = 64 << 10;

    private readonly SemaphoreSlim _settling = new(1);
    private readonly SortedDictionary<int, Func<ValueTask>> _ready = [];
    private int _asked;

    /// <summary>The number of the host call that begins now.</summary>
    internal int NextOrdinal() => _asked++;

    /// <summary>Answers <c>{"what": "now" | "elapsed"}</c> with a number and <c>{"what": "random", "count": n}</c> with base64, as JSON.</summary>
    internal ReadOnlyMemory<byte> Answer(ReadOnlySpan<byte> question)
    {
        var (what, count) = Read(question);
        switch (what)
        {
            case "now": return Encoding.UTF8.GetBytes(sources.UtcNowMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
            case "elapsed": return Encoding.UTF8.GetBytes(sources.ElapsedNanoseconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
            case "random" when count is > 0 and <= MostRandom:
                var bytes = new byte[count];
                sources.Fill(bytes);
                return Encoding.UTF8.GetBytes($"\"{Convert.ToBase64String(bytes)}\"");
            default: throw Malformed();
        }
    }

    /// <summary>Hands over a reply, and those that waited for it, when it is their turn.</summary>
    internal async ValueTask SettleAsync(int ordinal, Func<ValueTask> write)
    {
        await _settling.WaitAsync().ConfigureAwait(false);
        try
        {
            _ready.Add(ordinal, write);
            while (_ready.Count > 0 && _ready.Remove(sources.SettleNext([.. _ready.Keys]), out var next)) await next().ConfigureAwait(false);
        }
        finally
        {
            _settling.Release();
        }
    }

    private static (string? What, int Count) Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Malformed();
        string? what = null;
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isWhat = GuestStrings.Is(ref reader, "what"u8);
            if (!isWhat && !GuestStrings.Is(ref reader, "count"u8)) throw Malformed();
            reader.Read();
            if (isWhat && reader.TokenType == JsonTokenType.String) what = GuestStrings.Value(ref reader);
            else if (isWhat || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out count)) throw Malformed();
        }

        return (what, count);
    }

    private static ProtocolViolationException Malformed() => new("A question for a source is malformed.");
}
