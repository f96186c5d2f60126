using System.Text;

namespace Paddock.Packaging.Tests;

/// <summary>The least modules that verification tells apart.</summary>
internal static class Wasm
{
    public static byte[] Empty => [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0];

    /// <summary>A module whose section of exports names <paramref name="export"/>. No engine would load it: nothing looks further here.</summary>
    public static byte[] Exporting(string export)
    {
        byte[] name = Encoding.ASCII.GetBytes(export);
        return [.. Empty, 7, (byte)(name.Length + 4), 1, (byte)name.Length, .. name, 0, 0];
    }
}
