print("avips")
