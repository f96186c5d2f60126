using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>
/// Random bytes for a module's initialisation, the same for the same package. What is drawn there ends up in the image that every call starts
/// from, so it is no secret between calls whatever it is; and a recorded call can be repeated only from the same image. Calls draw real ones.
/// </summary>
internal sealed class InitialRandom(string digest)
{
    private readonly byte[] _seed = SHA256.HashData(Encoding.UTF8.GetBytes(digest));
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];
    private int _used = SHA256.HashSizeInBytes;
    private long _counter;

    internal void Fill(Span<byte> buffer)
    {
        for (; buffer.Length > 0; buffer = buffer[1..])
        {
            if (_used == _block.Length) Refill();
            buffer[0] = _block[_used++];
        }
    }

    private void Refill()
    {
        Span<byte> input = stackalloc byte[SHA256.HashSizeInBytes + 8];
        _seed.CopyTo(input);
        BinaryPrimitives.WriteInt64LittleEndian(input[SHA256.HashSizeInBytes..], _counter++);
        SHA256.HashData(input, _block);
        _used = 0;
    }
}
