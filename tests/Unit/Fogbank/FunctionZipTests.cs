using System.IO.Compression;
using Fogbank.CommandLine.Functions;
using Xunit;

namespace Fogbank.Tests.Unit.CommandLine;

public sealed class FunctionZipTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_files_are_the_same_bytes_whenever_and_in_whatever_order_they_were_written()
    {
        using var other = new TestFolder();
        _folder.With("app.py", "1").With("lib/b.py", "2").With("lib/a.py", "3");
        other.With("lib/a.py", "3").With("lib/b.py", "2").With("app.py", "1");
        File.SetLastWriteTimeUtc(Path.Combine(other.FullPath, "app.py"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Assert.Equal(FunctionZip.Create(_folder.FullPath), FunctionZip.Create(other.FullPath));
    }

    [Fact]
    public void Permissions_stay_and_everybody_may_read()
    {
        _folder.With("bootstrap", "#!/bin/sh\n").With("secret.txt", "x");
        Set("bootstrap", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Set("secret.txt", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var modes = Entries().ToDictionary(entry => entry.FullName, entry => Convert.ToString((entry.ExternalAttributes >> 16) & 0x1FF, 8));
        Assert.Equal(new Dictionary<string, string> { ["bootstrap"] = "755", ["secret.txt"] = "644" }, modes);
    }

    [Fact]
    public void What_no_function_runs_stays_behind()
    {
        _folder.With("app.py", "1").With(".git/config", "x").With("__pycache__/app.pyc", "x").With(".venv/bin/python", "x").With("lib/__pycache__/x.pyc", "x");
        Assert.Equal(["app.py"], Entries().Select(entry => entry.FullName));
    }

    private void Set(string name, UnixFileMode mode) => File.SetUnixFileMode(Path.Combine(_folder.FullPath, name), mode);

    private List<ZipArchiveEntry> Entries()
    {
        using var zip = new ZipArchive(new MemoryStream(FunctionZip.Create(_folder.FullPath)), ZipArchiveMode.Read);
        return [.. zip.Entries];
    }
}
