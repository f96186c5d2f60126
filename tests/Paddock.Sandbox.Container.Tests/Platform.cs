// Files are a Linux feature of the door; their tests use links, FIFOs and modes as they are there.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
