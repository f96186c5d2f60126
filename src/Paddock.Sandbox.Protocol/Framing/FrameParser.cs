using System.Text.Json;
using System.Text.Unicode;
using Paddock.Sandbox.Protocol.Calls;

namespace Paddock.Sandbox.Protocol.Framing;

/// <summary>Reads a line as a message of JSON-RPC 2.0: those members and no others, each at most once, and only the messages that a guest has to send.</summary>
// SECURITY: a malformed frame, a wrong id, a method that does not exist. One pass over the bytes; no length of the guest's is believed.
internal static class FrameParser
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1 << 20 };

    internal static Frame Parse(ReadOnlyMemory<byte> line)
    {
        if (!Utf8.IsValid(line.Span)) throw new ProtocolViolationException("A message is not UTF-8.");
        try
        {
            return new Reading(line).Read();
        }
        catch (JsonException)
        {
            throw new ProtocolViolationException("A message is not JSON.");
        }
    }

    [Flags]
    private enum Members
    {
        None = 0,
        Version = 1,
        Id = 2,
        Method = 4,
        Params = 8,
        Result = 16,
        Error = 32,
    }

    private ref struct Reading(ReadOnlyMemory<byte> line)
    {
        private Utf8JsonReader _reader = new(line.Span, Options);
        private Members _seen;
        private FrameKind _method;
        private long _id;
        private ReadOnlyMemory<byte> _body;
        private int _depth;

        internal Frame Read()
        {
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject) throw Malformed();
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName) ReadMember();
            if (_reader.TokenType != JsonTokenType.EndObject || _reader.Read()) throw Malformed();
            return _seen switch
            {
                Members.Version | Members.Id | Members.Result => new Frame(FrameKind.Result, _id, _body, _depth),
                Members.Version | Members.Id | Members.Error => new Frame(FrameKind.Error, _id, _body, _depth),
                Members.Version | Members.Id | Members.Method | Members.Params when _method is FrameKind.HostCall or FrameKind.Source => new Frame(_method, _id, _body, _depth),
                Members.Version | Members.Method | Members.Params when _method == FrameKind.Log => new Frame(FrameKind.Log, 0, _body, _depth),
                _ => throw Malformed(),
            };
        }

        private void ReadMember()
        {
            var member = NameOf();
            if (member == Members.None || (_seen & member) != 0) throw Malformed();
            _seen |= member;
            _reader.Read();
            switch (member)
            {
                case Members.Version:
                    if (_reader.TokenType != JsonTokenType.String || !GuestStrings.Is(ref _reader, "2.0"u8)) throw Malformed();
                    break;
                case Members.Id:
                    if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out _id) || _id <= 0) throw Malformed();
                    break;
                case Members.Method:
                    if (_reader.TokenType != JsonTokenType.String) throw Malformed();
                    _method = GuestStrings.Is(ref _reader, "host.call"u8) ? FrameKind.HostCall : GuestStrings.Is(ref _reader, "log"u8) ? FrameKind.Log : GuestStrings.Is(ref _reader, "source"u8) ? FrameKind.Source : throw Malformed();
                    break;
                default:
                    ReadBody();
                    break;
            }
        }

        private Members NameOf() =>
            GuestStrings.Is(ref _reader, "jsonrpc"u8) ? Members.Version
            : GuestStrings.Is(ref _reader, "id"u8) ? Members.Id
            : GuestStrings.Is(ref _reader, "result"u8) ? Members.Result
            : GuestStrings.Is(ref _reader, "method"u8) ? Members.Method
            : GuestStrings.Is(ref _reader, "params"u8) ? Members.Params
            : GuestStrings.Is(ref _reader, "error"u8) ? Members.Error
            : Members.None;

        private void ReadBody()
        {
            var start = (int)_reader.TokenStartIndex;
            var outer = _reader.CurrentDepth;
            if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                do
                {
                    if (!_reader.Read()) throw Malformed();
                    if (_reader.CurrentDepth - outer > _depth) _depth = _reader.CurrentDepth - outer;
                }
                while (_reader.CurrentDepth > outer);
            }

            _body = line[start..(int)_reader.BytesConsumed];
        }

        private static ProtocolViolationException Malformed() => new("A message is not one of the protocol's.");
    }
}
