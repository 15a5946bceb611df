raise TypeError("no start")
