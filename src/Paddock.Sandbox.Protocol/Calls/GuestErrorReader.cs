using System.Text.Json;

namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>What a guest says went wrong, in the host's terms. A claim about itself: it may name codes of its own failing, and those that a host call of this call failed with.</summary>
internal static class GuestErrorReader
{
    /// <summary>Name of the errors that host calls fail with in a guest.</summary>
    internal const string HostErrorName = "HostError";

    private const int MostName = 200, MostMessage = 10_000, MostStack = 20_000;

    // SECURITY: a guest that could claim any code could pass a fault off as the host's refusal, and mislead whoever acts on codes.
    private static readonly HashSet<string> s_ofGuests = new(StringComparer.Ordinal)
    {
        ErrorCodes.GuestError, ErrorCodes.GuestDeadlock, ErrorCodes.GuestTrap, ErrorCodes.CompileError, ErrorCodes.EntryPointNotFound, ErrorCodes.ResultInvalid,
        ErrorCodes.StackLimit, ErrorCodes.MemoryLimit, ErrorCodes.ResultLimit, ErrorCodes.AbiUnknown, ErrorCodes.ImportUnknown, ErrorCodes.CodeLimit,
    };

    /// <summary>How the call ended by what the guest says.</summary>
    /// <param name="json">The error of a message.</param>
    /// <param name="hostCodes">Codes with which host calls of this call failed.</param>
    internal static GuestFailure Failure(ReadOnlySpan<byte> json, IReadOnlySet<string> hostCodes)
    {
        var error = Read(json, hostCodes);

        // A limit that a host call came to (another plugin's time, the depth of a chain) is none of this call's.
        return s_ofGuests.Contains(error.Code) ? GuestFailure.Of(error) : new GuestFailure(CallStatus.GuestFault, error);
    }

    internal static CallError Read(ReadOnlySpan<byte> json, IReadOnlySet<string> hostCodes)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1 << 20 });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Malformed();
        string message = "", code = "", name = "", stack = "";
        int? line = null, column = null;
        var inData = false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.EndObject)
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                inData = false;
                continue;
            }

            if (!inData && GuestStrings.Is(ref reader, "message"u8)) message = GuestStrings.Next(ref reader, MostMessage);
            else if (!inData && GuestStrings.Is(ref reader, "data"u8)) inData = EntersObject(ref reader);
            else if (inData && GuestStrings.Is(ref reader, "code"u8)) code = GuestStrings.Next(ref reader, MostName);
            else if (inData && GuestStrings.Is(ref reader, "name"u8)) name = GuestStrings.Next(ref reader, MostName);
            else if (inData && GuestStrings.Is(ref reader, "stack"u8)) stack = GuestStrings.Next(ref reader, MostStack);
            else if (inData && GuestStrings.Is(ref reader, "line"u8)) line = Number(ref reader);
            else if (inData && GuestStrings.Is(ref reader, "column"u8)) column = Number(ref reader);
            else reader.Skip();
        }

        var believed = s_ofGuests.Contains(code) || (name == HostErrorName && hostCodes.Contains(code)) ? code : ErrorCodes.GuestError;
        return new CallError(believed, message)
        {
            Name = name.Length > 0 ? name : null,
            Stack = stack.Length > 0 ? stack : null,
            Line = line,
            Column = column,
        };
    }

    private static bool EntersObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject) return true;
        reader.Skip();
        return false;
    }

    private static int? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) && value > 0) return value;
        reader.Skip();
        return null;
    }

    private static Framing.ProtocolViolationException Malformed() => new("An error is not an object.");
}
