using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Paddock.Sandbox.Container.Images;

/// <summary>Which image was built for which package, a file for each, so that hosts that share a directory do not write over one another's. The host's own word: what the engine has under a name or a label is nobody's.</summary>
internal sealed class ImageRecords
{
    private const string Extension = ".json";
    private readonly string _directory;
    private readonly ConcurrentDictionary<string, ImageRecord>? _ofThisHost;

    /// <param name="directory">Of all hosts that share them.</param>
    /// <param name="name">Of these.</param>
    /// <param name="keep">Whether they outlive this host.</param>
    internal ImageRecords(string directory, string name, bool keep)
    {
        _directory = Path.Combine(directory, name);
        if (keep) PrivateFiles.MakeDirectory(_directory);
        else _ofThisHost = new ConcurrentDictionary<string, ImageRecord>(StringComparer.Ordinal);
    }

    internal ImageRecord? Find(string key) => _ofThisHost is null ? Read(PathOf(key)) : _ofThisHost.GetValueOrDefault(key);

    internal void Set(string key, ImageRecord record)
    {
        if (_ofThisHost is null) PrivateFiles.Write(PathOf(key), JsonSerializer.SerializeToUtf8Bytes(record, ImageRecordJson.Default.ImageRecord));
        else _ofThisHost[key] = record;
    }

    /// <summary>Ids of all recorded images.</summary>
    internal IReadOnlySet<string> Images() =>
        (_ofThisHost?.Values ?? Directory.EnumerateFiles(_directory, $"*{Extension}").Select(Read).OfType<ImageRecord>()).Select(r => r.Image).ToHashSet(StringComparer.Ordinal);

    private static ImageRecord? Read(string path) => File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ImageRecordJson.Default.ImageRecord) : null;

    private string PathOf(string key) => Path.Combine(_directory, key + Extension);
}

/// <summary>An image as it was built.</summary>
/// <param name="Image">Its id: the digest of its configuration, which names its layers by theirs.</param>
/// <param name="Content">Digest of what was put onto the base.</param>
internal sealed record ImageRecord(string Image, string Content);

[JsonSerializable(typeof(ImageRecord))]
internal sealed partial class ImageRecordJson : JsonSerializerContext;
