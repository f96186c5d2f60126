namespace Paddock.Wasm.Wasi;

/// <summary>Error numbers of WASI preview 1 (typename errno) that this host gives.</summary>
internal enum WasiError
{
    Success = 0,
    BadFile = 8,
    Invalid = 28,
    NotDirectory = 54,
    NotSocket = 57,
    NotSupported = 58,
    IllegalSeek = 70,
}
