namespace Paddock.Packaging;

/// <summary>In which format a package was written.</summary>
public enum PackageDialect
{
    /// <summary>plugin.yaml with <c>apiVersion: paddock/v1</c>, or a single .js file.</summary>
    Paddock,

    /// <summary>A posted JavaScript snippet.</summary>
    GituJavaScript,

    /// <summary>A Gitu container plugin.</summary>
    GituContainer,

    /// <summary>GoatKit: plugin.yaml or manifest.yaml without apiVersion, or a single .wasm whose registration is its manifest.</summary>
    GoatKit,

    /// <summary>nexus.plugin.json.</summary>
    Nexus,

    /// <summary>AI-SWA: manifest.json and plugin.py.</summary>
    AiSwa,
}
