// As the program is: Fogbank runs on Linux.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
