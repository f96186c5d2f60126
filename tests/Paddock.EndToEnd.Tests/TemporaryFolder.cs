namespace Paddock.EndToEnd.Tests;

/// <summary>A folder of one test, removed with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("paddock-e2e-");

    public string Root => _folder.FullName;

    public string At(string name) => Path.Combine(Root, name);

    public string Folder(string name) => _folder.CreateSubdirectory(name).FullName;

    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
