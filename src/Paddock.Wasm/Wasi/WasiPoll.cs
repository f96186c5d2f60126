using System.Buffers.Binary;

namespace Paddock.Wasm.Wasi;

/// <summary>poll_oneoff: streams are always ready; without one the guest sleeps until its earliest clock.</summary>
internal static class WasiPoll
{
    private const int SubscriptionBytes = 48, EventBytes = 32;
    private const byte ClockEvent = 0, ReadEvent = 1, WriteEvent = 2;
    private const ushort Absolute = 1;

    // More than any program asks for; each is looked at twice.
    private const uint MaxSubscriptions = 4096;

    internal static WasiError Run(WasiCalls calls, uint subscriptions, uint events, uint count, uint result)
    {
        if (count is 0 or > MaxSubscriptions) return WasiError.Invalid;
        var asked = calls.Memory.Slice(subscriptions, count * SubscriptionBytes).ToArray();
        calls.Memory.Slice(events, count * EventBytes);
        var until = Until(calls, asked, (int)count);
        var earliest = until.Min();
        if (earliest > 0) calls.System.Sleep(earliest);
        uint happened = 0;
        for (var i = 0; i < count; i++)
        {
            // What was not asked for first may have come too meanwhile; it is told at the next poll.
            if (until[i] > earliest) continue;
            var subscription = asked.AsSpan(i * SubscriptionBytes, SubscriptionBytes);
            var target = calls.Memory.Slice(events + (happened++ * EventBytes), EventBytes);
            target.Clear();
            subscription[..8].CopyTo(target);
            BinaryPrimitives.WriteUInt16LittleEndian(target[8..], (ushort)ErrorOf(subscription));
            target[10] = subscription[8];
        }

        calls.Memory.WriteU32(result, happened);
        return WasiError.Success;
    }

    /// <summary>Nanoseconds until each thing happens, counted from now.</summary>
    private static ulong[] Until(WasiCalls calls, byte[] asked, int count)
    {
        var until = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            var subscription = asked.AsSpan(i * SubscriptionBytes, SubscriptionBytes);
            until[i] = subscription[8] == ClockEvent && ClockOf(subscription) <= 3 ? Until(calls, subscription) : 0;
        }

        return until;
    }

    private static WasiError ErrorOf(ReadOnlySpan<byte> subscription) => subscription[8] switch
    {
        ClockEvent => ClockOf(subscription) <= 3 ? WasiError.Success : WasiError.Invalid,
        // A stream's descriptor stands where a clock's id does.
        ReadEvent or WriteEvent => WasiCalls.IsOpen(ClockOf(subscription)) ? WasiError.Success : WasiError.BadFile,
        _ => WasiError.Invalid,
    };

    private static ulong Until(WasiCalls calls, ReadOnlySpan<byte> subscription)
    {
        var timeout = Timeout(subscription);
        if (!IsAbsolute(subscription)) return timeout;
        var now = calls.Now(ClockOf(subscription));
        return timeout > now ? timeout - now : 0;
    }

    private static uint ClockOf(ReadOnlySpan<byte> subscription) => BinaryPrimitives.ReadUInt32LittleEndian(subscription[16..]);

    private static ulong Timeout(ReadOnlySpan<byte> subscription) => BinaryPrimitives.ReadUInt64LittleEndian(subscription[24..]);

    private static bool IsAbsolute(ReadOnlySpan<byte> subscription) => (BinaryPrimitives.ReadUInt16LittleEndian(subscription[40..]) & Absolute) != 0;
}
