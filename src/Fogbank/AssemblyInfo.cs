// On macOS and Windows Fogbank runs in its container image.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
