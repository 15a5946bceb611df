using Fogbank.Hosting;
using Xunit;

namespace Fogbank.Tests.Unit.CommandLine;

public sealed class WorkloadFoldersTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Others_may_pass_through_but_not_look_around()
    {
        using var folders = WorkloadFolders.InTheOpen(Path.Combine(_folder.FullPath, "open"), _folder.FullPath);
        foreach (var path in (string[])[folders.Cache, folders.Run, Path.GetDirectoryName(folders.Cache)!, Path.Combine(_folder.FullPath, "open")])
        {
            var others = File.GetUnixFileMode(path) & (UnixFileMode.OtherExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);
            Assert.Equal(UnixFileMode.OtherExecute, others);
        }
    }

    [Fact]
    public void They_go_away_at_the_end()
    {
        var folders = WorkloadFolders.InTheOpen(_folder.FullPath, "/data");
        File.WriteAllText(Path.Combine(folders.Cache, "x"), "");
        folders.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }

    [Fact]
    public void After_a_crash_the_next_start_deletes_those_whose_data_is_gone_and_no_others()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder.FullPath, "data")).FullName;
        var parent = Path.Combine(_folder.FullPath, "open");
        var kept = WorkloadFolders.InTheOpen(parent, data);
        var left = WorkloadFolders.InTheOpen(parent, Path.Combine(_folder.FullPath, "gone"));
        using var next = WorkloadFolders.InTheOpen(parent, _folder.FullPath);
        Assert.Equal((true, false, true), (Directory.Exists(kept.Cache), Directory.Exists(left.Cache), Directory.Exists(next.Cache)));
    }

    [Fact]
    public void Those_of_the_data_folder_stay()
    {
        WorkloadFolders.Inside(_folder.FullPath, _folder.FullPath).Dispose();
        Assert.True(Directory.Exists(_folder.FullPath));
    }
}
