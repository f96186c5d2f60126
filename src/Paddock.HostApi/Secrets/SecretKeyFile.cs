using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Paddock.HostApi.Secrets;

/// <summary>A key in a file of its owner's only: base64 on one line.</summary>
internal static partial class SecretKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int LongestFile = 1024;
    private const int EEXIST = 17;

    internal static byte[] ReadOrCreate(string path, int bytes)
    {
        // Two hosts that start at once: one creates it, the other reads what the first has made.
        if (!File.Exists(path) && TryCreate(path, bytes) is { } made) return made;
        return Read(path, bytes);
    }

    private static byte[]? TryCreate(string path, int bytes)
    {
        var key = RandomNumberGenerator.GetBytes(bytes);
        var temporary = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(temporary, options))
        {
            var text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes)];
            Base64.EncodeToUtf8(key, text, out _, out _);
            file.Write(text);
            file.Flush(flushToDisk: true);
        }

        try
        {
            return TryPublish(temporary, path) ? key : null;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // Whole or not at all, and never over a key that is there: all secrets would be lost with it. On Unix File.Move looks first and renames then,
    // and a rename takes the place of what was made in between; a link to the file fails there.
    private static bool TryPublish(string temporary, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(temporary, path, overwrite: false);
                return true;
            }
            catch (IOException) when (File.Exists(path))
            {
                return false;
            }
        }

        if (link(temporary, path) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == EEXIST ? false : throw new IOException($"The key in {path} cannot be made: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    private static byte[] Read(string path, int bytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (!OperatingSystem.IsWindows()) CheckMode(file);
        if (file.Length > LongestFile) throw NoKey(path);
        var text = new byte[file.Length];
        file.ReadExactly(text);
        try
        {
            var key = Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(text).Trim());
            return key.Length == bytes ? key : throw NoKey(path);
        }
        catch (FormatException)
        {
            throw NoKey(path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    // SECURITY: of the file that was opened, not of its name, which may lead elsewhere by now.
    [UnsupportedOSPlatform("windows")]
    private static void CheckMode(FileStream file)
    {
        var mode = File.GetUnixFileMode(file.SafeFileHandle);
        if ((mode & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
            throw new UnauthorizedAccessException($"The key in {file.Name} can be read or changed by others than its owner (mode {Convert.ToString((int)mode, 8)}). Mend it with: chmod 600");
    }

    private static IOException NoKey(string path) => new($"{path} holds no key.");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string fresh);
}
