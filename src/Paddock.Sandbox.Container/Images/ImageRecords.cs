using System.Text.Json;
using System.Text.Json.Serialization;

namespace Paddock.Sandbox.Container.Images;

/// <summary>Which image was built for which package. The host's own word: what the engine has under a name or a label is nobody's.</summary>
internal sealed class ImageRecords
{
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImageRecord> _records;

    internal ImageRecords(string directory)
    {
        PrivateFiles.MakeDirectory(directory);
        _path = Path.Combine(directory, "images.json");
        _records = File.Exists(_path) ? JsonSerializer.Deserialize(File.ReadAllBytes(_path), ImageRecordJson.Default.DictionaryStringImageRecord) ?? [] : [];
    }

    internal ImageRecord? Find(string key)
    {
        lock (_gate) return _records.GetValueOrDefault(key);
    }

    internal void Set(string key, ImageRecord record)
    {
        lock (_gate)
        {
            _records[key] = record;
            PrivateFiles.Write(_path, JsonSerializer.SerializeToUtf8Bytes(_records, ImageRecordJson.Default.DictionaryStringImageRecord));
        }
    }

    internal bool Holds(string imageId)
    {
        lock (_gate) return _records.Values.Any(r => r.Image == imageId);
    }
}

/// <summary>An image as it was built.</summary>
/// <param name="Image">Its id: the digest of its configuration, which names its layers by theirs.</param>
/// <param name="Content">Digest of what was put onto the base.</param>
internal sealed record ImageRecord(string Image, string Content);

[JsonSerializable(typeof(Dictionary<string, ImageRecord>))]
internal sealed partial class ImageRecordJson : JsonSerializerContext;
