using Fogbank.Engines.Linux.Cgroups;
using Xunit;

namespace Fogbank.Tests.Unit.Engines;

public sealed class CgroupLayoutTests
{
    [Fact]
    public void Version_2_alone()
    {
        var layout = CgroupLayout.Parse("cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nsdelegate 0 0\n");
        Assert.Equal("/sys/fs/cgroup", layout.Unified);
        Assert.Empty(layout.Controllers);
    }

    [Fact]
    public void Version_1_with_joined_controllers()
    {
        var layout = CgroupLayout.Parse("""
            cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
            cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
            cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0
            """);
        Assert.Null(layout.Unified);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.Controllers["cpu"]);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.Controllers["cpuacct"]);
        Assert.True(layout.Has("memory"));
        Assert.False(layout.Has("pids"));
    }

    [Fact]
    public void Hybrid()
    {
        var layout = CgroupLayout.Parse("tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n");
        Assert.Equal("/sys/fs/cgroup/unified", layout.Unified);
        Assert.True(layout.Has("pids"));
    }
}
