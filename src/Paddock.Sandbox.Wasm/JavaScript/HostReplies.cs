using System.Text.Json;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>Brings the answer to a host call into the guest.</summary>
internal static class HostReplies
{
    internal static void Settle(QuickJs guest, EngineImage engine, int id, HostReply reply)
    {
        var json = reply.Error is { } error
            ? JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["code"] = error.Code, ["message"] = error.Message })
            : reply.Value.ToArray();
        int[] arguments =
        [
            guest.NewString("settle"u8), guest.NewNumber(id), guest.NewBoolean(reply.Error is null), guest.NewString(json),
        ];
        guest.Apply(engine.Bridge, arguments);
    }
}
